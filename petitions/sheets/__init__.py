"""What is printed or exported: receipts and QR sheets as PDF."""
