"""The benefit rule set: 5 tables with 39 rows and 9 formulas over 13 columns, in every form that is compared."""
