import os

print(f"Hello, {os.environ['MY_VAR']}!")
