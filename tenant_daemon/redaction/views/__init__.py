"""Other readings of a text: unescaped, decoded, unpacked. What is found there is replaced in the original."""
