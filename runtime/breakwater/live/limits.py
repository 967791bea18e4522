"""How long and how many: what clients and infrastructure may count on."""

TICKET_SECONDS = 60
PING_SECONDS = 240
"""API Gateway ends a connection that is silent for ten minutes."""

LONGEST_CONNECTION_SECONDS = 110 * 60
"""API Gateway ends every connection after two hours: clients connect anew before."""

BEFORE_SIGN_OUT_SECONDS = 60
"""A client connects anew so long before its sign-in ends."""

SUBSCRIPTION_SECONDS = 11 * 60
"""A subscription that no ping has renewed for so long is nobody's any more."""

LOG_SECONDS = 10 * 60
"""So long a client may be away and still get what it missed."""

MOST_FRAMES_AGAIN = 500
"""Who missed more reads anew, which is quicker: one at a time they would take seconds."""

MOST_TOPICS = 20
MOST_TOPICS_IN_A_FRAME = 10
LONGEST_FRAME = 8 * 1024
