"""The vocabulary that infrastructure and code share.

Infrastructure builds what is named here, code reads what is named here, so a table's key or a
function's environment variable cannot be called one thing in the template and another in the
code. Standard library only: a construct imports it at synthesis, a function at its cold start.

The modules sort the words by what they are about; whoever uses one takes it from here.
"""

from breakwater.contract.api import *
from breakwater.contract.deployment import *
from breakwater.contract.index import *
from breakwater.contract.live import *
from breakwater.contract.recovery import *
from breakwater.contract.tables import *
from breakwater.contract.tags import *
from breakwater.contract.workflows import *
