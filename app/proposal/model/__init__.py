"""A proposal as it is: region, candidates, history, requests; knows no widget and no drawing."""
