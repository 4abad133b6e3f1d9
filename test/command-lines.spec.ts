import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import type { Instance } from "../packages/local-aws/instance.ts";
import { run } from "../packages/local-aws/pulumi.ts";
import { bareInstance } from "./support/bare-instance.ts";
import { scripts } from "./support/sources.ts";

/** The program of each npm script with options of its own. */
const programs = new Map(
    Object.entries(scripts).flatMap(([name, text]) => {
        const program = /\s(\S+\.(?:ts|mjs))$/.exec(text)?.[1];
        return program === undefined || !/^(packages|runbooks|data-prep|bench|test)\//.test(program)
            ? []
            : [[name, program]];
    }),
);

/** A wrong command line of a newcomer, its exit code, and the text that its one message must contain. */
type Line = readonly [line: string, exitCode: number, message: RegExp];

/**
 * Wrong command lines, after clig.dev ("Errors") and the habits of aws, gh and pulumi: other spellings, options of
 * other tools, a missing or impossible value, or one word too many. Each other npm script gets an unknown option.
 */
const lines: readonly Line[] = [
    ["recommend", 2, /missing required argument 'users'/],
    ["recommend 22 --num-result 5", 2, /Did you mean --num-results\?/],
    ["recommend 22 --num-results ten", 2, /whole number from 1 to 500/],
    ["recommend 22 --num-results 0", 2, /whole number from 1 to 500/],
    ["recommend 22 --filter-value Comedy", 2, /GENRE=Comedy/],
    ["recommend 22 --filter-value GENRE=Comedy", 2, /--filter-value needs --filter/],
    ["recommend 22 --stack", 2, /'--stack <name>' argument missing/],
    ["watch-status --timeout 0", 2, /number above 0/],
    ["watch-status --poll soon", 2, /number above 0/],
    ["watch-status --follow --json", 2, /option '--follow' cannot be used with option '--json'/],
    ["watch-status --follow --wait", 2, /option '--follow' cannot be used with option '--wait'/],
    ["watch-status campaign", 2, /too many arguments/],
    ["publish-metrics --every 5", 2, /30s, 5m or 1h/],
    ["cost-report --days 0", 2, /whole number from 1 to 365/],
    ["cost-report --month 2026-13", 2, /2026-13/],
    ["cost-report --month november", 2, /november/],
    ["budget-alarms --limit ten --create", 2, /'ten'/],
    ["budget-alarms --create --limit 5", 2, /--email/],
    ["budget-alarms --email me --create --limit 5", 2, /'me'/],
    ["budget-alarms --dry-run", 2, /--dry-run needs --create/],
    ["audit-leftovers --region europe", 2, /"europe", which is not a region/],
    ["audit-leftovers --region eu_central_1", 2, /Did you mean eu-central-1\?/],
    ["diagnose-access --job import-1", 2, /ARN/],
    ["diagnose-access --role Import --bucket b", 2, /ARN/],
    ["park --dryrun", 2, /Did you mean --dry-run\?/],
    ["park now", 2, /too many arguments/],
    ["rollback v2", 2, /too many arguments/],
    ["rollback --to", 2, /'--to <version>' argument missing/],
    ["versions --jsno", 2, /Did you mean --json\?/],
    ["forget-viewer", 2, /missing required argument 'user id'/],
    ["data-prep no-such.csv", 1, /no-such\.csv/],
    ["data-prep --columns user", 2, /user=/],
    ["data-prep --bad-rows ignore", 2, /fail, skip, quarantine/],
    ["data-prep --max-bad 200%", 2, /share of the rows/],
    ["data-prep --out data", 2, /Did you mean --output\?/],
    ["local strat", 2, /Did you mean start\?/],
    ["local recomend 22", 2, /Did you mean recommend\?/],
    ["local", 2, /start\|stop\|status/],
    ["local pulumi login --local", 2, /The local AWS needs no Pulumi login/],
    ["local pulumi logout", 2, /The local AWS needs no Pulumi login/],
    ["local start --no-enforced", 2, /Did you mean --no-enforce\?/],
    ["demo --jsn", 2, /Did you mean --json\?/],
    ["pack now", 2, /too many arguments/],
    ["screenshots", 2, /required option '--url <url>' not specified/],
    ["screenshots --url page", 2, /'page'/],
    ["screenshots --url http://127.0.0.1:9/ --only nothing", 2, /welcome/],
    ["bench:api --requests NaN", 2, /whole number/],
    ["bench:page --runs 0", 2, /whole number/],
    ["bench:prep --sizes one", 2, /whole numbers, such as/],
    ["bench:serve --seconds 0", 2, /above 0/],
    ["bench:train --only 2m", 2, /1m, 5m/],
    ["drill:kill --seed today", 2, /whole number/],
    ["drill:revert --seed today", 2, /whole number/],
    ["drill:aws --spend-up-to ten", 2, /'ten'/],
    ["help recomend", 2, /Did you mean recommend\?/],
];

describe("Invalid command lines", () => {
    let instance: Instance;
    before(async () => {
        instance = await bareInstance();
    });
    after(() => rm(instance.dir, { recursive: true, force: true }));
    const runLine = (line: string) => {
        const [name = "", ...args] = line.split(" ");
        return run(instance, process.execPath, [programs.get(name) ?? name, ...args], "captured");
    };

    const testedNames = new Set(lines.map(([line]) => line.split(" ")[0]));
    const others = [...programs.keys()].filter((name) => !testedNames.has(name));
    const unknown = others.map((name): Line => [`${name} --no-such-option`, 2, /unknown option '--no-such-option'/]);

    for (const [line, exitCode, message] of [...lines, ...unknown]) {
        it(`"${line}" exits with one message that states what is wrong`, async () => {
            const { exitCode: actualCode, stdout, stderr } = await runLine(line);
            assert.match(stderr, message);
            assert.deepEqual([actualCode, stdout], [exitCode, ""], stderr);
            assert.doesNotMatch(stderr, /^\s+at .*:\d+:\d+\)?$/m, "a stack trace");
            const faults = stderr.split("\n").filter((text) => /^error:/i.test(text));
            assert.ok(faults.length <= 1, `${faults.length} messages for one fault:\n${stderr}`);
        });
    }
});
