"""What guests say of a showcase, as its maker reads and answers it."""
