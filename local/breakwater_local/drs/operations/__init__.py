"""One function per operation of DRS: takes a call, changes or reads the realm, answers."""
