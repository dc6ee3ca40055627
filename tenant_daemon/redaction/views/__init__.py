"""Other readings of a text: unescaped, decoded, unpacked. What is found in one is replaced in the original."""
