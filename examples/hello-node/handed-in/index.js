console.log("Hello from a container!");
