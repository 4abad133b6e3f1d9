const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

/** Mocha's `spec` reporter, which also writes the run's counts as JSON to the file that MOCHA_COUNTS names. */
module.exports = class extends reporters.Spec {
    constructor(runner, options) {
        super(runner, options);
        runner.once("end", () => writeFileSync(process.env.MOCHA_COUNTS, JSON.stringify(this.stats)));
    }
};
