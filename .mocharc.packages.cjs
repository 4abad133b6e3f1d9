module.exports = require("./test/support/spec-files.cjs").packages;
