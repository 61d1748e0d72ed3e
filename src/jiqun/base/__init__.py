"""Money, periods, codes and errors: the ground that every engine stands on."""
