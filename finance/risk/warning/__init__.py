"""Early warnings E1 to E10: trouble seen coming lowers what is not drawn yet, never what runs."""
