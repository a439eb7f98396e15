"""Why a KPI changed: exact parts of the change, line by line, with nothing left over."""
