"""What titles say in words and numbers, the same to whoever reads documents and whoever matches them."""
