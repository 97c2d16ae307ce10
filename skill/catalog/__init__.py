"""What the shop sells: products, prices, stock, and the matching of spoken names."""
