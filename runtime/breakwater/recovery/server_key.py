"""What a source server is called across accounts and Regions, in leases and in findings."""


def server_key(account_id: str, region: str, server_id: str) -> str:
    """`accountId/region/sourceServerId`: the key of the table of leases."""
    return f"{account_id}/{region}/{server_id}"
