// Builds the program: one file, without comments.
const fs = require("fs");

fs.mkdirSync("dist", { recursive: true });
fs.writeFileSync("dist/hello.js", 'console.log("Hello from a container!");\n');
