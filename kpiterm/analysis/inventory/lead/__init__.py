"""How long it takes from an order until it can be sold: learnt by stage, drawn through the calendars on its way."""
