"""Downloads: public addresses only, bounded, resumed after a cut."""
