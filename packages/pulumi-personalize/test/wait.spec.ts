import assert from "node:assert/strict";
import { duration, type Verdict, type WaitDeps, waitFor } from "../wait.ts";

const plan = {
    what: "campaign films",
    usual: "8 minutes",
    pollSeconds: 15,
    deadlineMinutes: 60,
    goOn: "Run it again.",
};

/** Creates a clock and a log for waits. Only `sleep` advances the clock. */
function createDeps(more: Partial<WaitDeps> = {}) {
    let seconds = 0;
    const lines: string[] = [];
    const sleeps: number[] = [];
    const deps: WaitDeps = {
        async sleep(wanted) {
            sleeps.push(wanted);
            seconds += wanted;
        },
        now: () => seconds,
        log: (line) => void lines.push(line),
        assertEngineAlive: async () => {},
        random: () => 0.5,
        ...more,
    };
    return { deps, lines, sleeps, now: () => seconds };
}

const ready = (state: string): Verdict<string> =>
    state === "ACTIVE" ? { done: state } : state === "CREATE FAILED" ? { failed: "no rights" } : { state };

/** Returns a poll function that returns or throws each answer in turn, and then repeats the last one. */
function answers(...script: (string | Error)[]) {
    return async () => {
        const next = script.length > 1 ? script.shift() : script[0];
        if (next instanceof Error) throw next;
        return String(next);
    };
}

const serviceError = (name: string, more: object = {}) => Object.assign(new Error(`${name}!`), { name, ...more });

describe("waitFor", () => {
    it("waitFor returns at once, without a log line, if the resource is already ACTIVE", async () => {
        const { deps, lines, sleeps } = createDeps();
        assert.equal(await waitFor(deps, plan, answers("ACTIVE"), ready), "ACTIVE");
        assert.deepEqual([lines, sleeps], [[], []]);
    });

    it("waitFor logs each state once, with its age and the usual duration", async () => {
        const { deps, lines } = createDeps();
        await waitFor(deps, plan, answers("CREATE PENDING", "CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"), ready);
        assert.deepEqual(lines, [
            "campaign films: CREATE PENDING, 0 s (usually 8 minutes)",
            "campaign films: CREATE IN_PROGRESS, 30 s (usually 8 minutes)",
        ]);
    });

    it("waitFor logs progress every minute", async () => {
        const { deps, lines } = createDeps();
        const still = Array<string>(9).fill("CREATE IN_PROGRESS");
        await waitFor(deps, plan, answers(...still, "ACTIVE"), ready);
        assert.deepEqual(
            lines.map((line) => line.split(", ")[1]),
            [
                "0 s (usually 8 minutes)",
                "1 min 0 s (usually 8 minutes). Ctrl-C twice ends this wait. Run it again.",
                "2 min 0 s (usually 8 minutes). Ctrl-C twice ends this wait. Run it again.",
            ],
        );
    });

    it("waitFor polls every pollSeconds ± 10 %", async () => {
        for (const [random, seconds] of [
            [0, 13.5],
            [0.5, 15],
            [1, 16.5],
        ] as const) {
            const { deps, sleeps } = createDeps({ random: () => random });
            await waitFor(deps, plan, answers("CREATE PENDING", "ACTIVE"), ready);
            assert.equal(sleeps.length, 1);
            assert.ok(Math.abs(Number(sleeps[0]) - seconds) < 1e-9);
        }
    });

    it("waitFor fails at the deadline with a message that contains the next step", async () => {
        const { deps, now } = createDeps();
        await assert.rejects(waitFor(deps, plan, answers("CREATE IN_PROGRESS"), ready), {
            message: "campaign films is still CREATE IN_PROGRESS after 1 h 0 min. Run it again.",
        });
        assert.ok(now() >= 3600 && now() <= 3630, `${now()} s`);
    });

    it("waitFor fails with the resource's name and the reason of the failure", async () => {
        const { deps } = createDeps();
        await assert.rejects(waitFor(deps, plan, answers("CREATE PENDING", "CREATE FAILED"), ready), {
            message: "campaign films: no rights",
        });
    });

    const transient = [
        serviceError("ThrottlingException", { $metadata: { httpStatusCode: 400, requestId: "r-1" } }),
        serviceError("InternalFailure", { $metadata: { httpStatusCode: 503 } }),
        serviceError("TimeoutError"),
        serviceError("Error", { code: "ECONNREFUSED" }),
    ];
    for (const error of transient) {
        it(`waitFor retries after ${"code" in error ? error.code : error.name} and logs the retry`, async () => {
            const { deps, lines } = createDeps();
            assert.equal(await waitFor(deps, plan, answers(error, error, "ACTIVE"), ready), "ACTIVE");
            assert.equal(lines.length, 1);
            assert.match(String(lines[0]), /^campaign films: no answer \(.*!/);
        });
    }

    it("waitFor fails at once after an AccessDeniedException", async () => {
        const { deps } = createDeps();
        const refused = serviceError("AccessDeniedException", { $metadata: { httpStatusCode: 400 } });
        await assert.rejects(waitFor(deps, plan, answers(refused, "ACTIVE"), ready), refused);
    });

    it("waitFor checks before each poll that the Pulumi engine still runs, and stops otherwise", async () => {
        let checks = 0;
        let looked = 0;
        const { deps } = createDeps({
            async assertEngineAlive() {
                checks += 1;
                if (checks > 2) throw new Error("the engine is gone");
            },
        });
        const look = async () => {
            looked += 1;
            return "CREATE PENDING";
        };
        await assert.rejects(waitFor(deps, plan, look, ready), /the engine is gone/);
        assert.equal(looked, 2);
    });
});

describe("duration", () => {
    for (const [seconds, text] of [
        [0, "0 s"],
        [59.4, "59 s"],
        [59.6, "1 min 0 s"],
        [95, "1 min 35 s"],
        [3600, "1 h 0 min"],
        [5430, "1 h 30 min"],
    ] as const) {
        it(`\`duration\` formats ${seconds} seconds as ${text}`, () => assert.equal(duration(seconds), text));
    }
});
