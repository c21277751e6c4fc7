"""Finds the name servers that have authority for zones, and asks each of them.

servers     what there is to know of a server, a delegation and an answer: plain data
interpret   what a server's response says. Pure
desk        puts questions to authorities and resolvers, many at once
find        from a zone to its parent's delegation, and to the addresses of all its servers
ask         asks every address about every owner
own         the servers that a provider itself has for its zones
match       whether a zone is delegated to a provider. Pure
"""
