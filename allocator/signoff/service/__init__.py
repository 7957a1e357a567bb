"""What people do with plans. Pages, REST and command line call these functions and no others.

Every act is one transaction: it is checked against states, roles, separation of people and the
authority matrix, and its event stands in the same transaction. ``at`` is the time of the act, UTC,
as the edge says it; the order of acts is the number of their events.
"""
