import argparse

# argparse already uses -h for help, so use -H.
parser = argparse.ArgumentParser(description="Greets a host.")
parser.add_argument("-H", "--host", default="localhost", help="whom to greet")
arguments = parser.parse_args()

print(f"Hello, {arguments.host}!")
