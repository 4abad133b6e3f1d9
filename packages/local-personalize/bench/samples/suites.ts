import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { javaExamples } from "./java.ts";
import { javascriptExamples } from "./javascript.ts";
import { type SampleCall, type SampleService, startSampleService } from "./service.ts";

/** The result of a suite: its calls, and the reason why it stopped. The reason is undefined if all steps passed. */
export interface SuiteResult {
    readonly name: string;
    readonly calls: readonly SampleCall[];
    readonly failure: string | undefined;
}

type Suite = (service: SampleService) => Promise<void>;

/**
 * Seconds that a suite waits for each second that its sample waits, so a wait of a minute takes 1.2 s. The suites can
 * wait so little because the emulator creates a resource in at most a second.
 */
const PACE = 0.02;

const notebooks = join(import.meta.dirname, "notebooks");

/**
 * Returns all suites by name: AWS's notebooks and the Maintaining Personalized Experiences solution (Python), and the
 * examples of the two SDKs.
 */
export function createSuites(python: string): Map<string, Suite> {
    const scripts = readdirSync(notebooks).filter((name) => name.endsWith(".py"));
    return new Map<string, Suite>([
        ...scripts.sort().map((script): [string, Suite] => [script.replace(".py", ""), inPython(python, script)]),
        ["javascript v3", javascriptExamples],
        ["java v2", javaExamples],
    ]);
}

/** Runs a suite against a local Personalize of its own. */
export async function runSuite(name: string, suite: Suite): Promise<SuiteResult> {
    const service = await startSampleService();
    try {
        await suite(service);
        return { name, calls: service.calls, failure: undefined };
    } catch (error) {
        return { name, calls: service.calls, failure: error instanceof Error ? error.message : String(error) };
    } finally {
        await service.stop();
    }
}

const inPython =
    (python: string, script: string): Suite =>
    (service) =>
        new Promise((passed, failed) => {
            const env = {
                PATH: process.env.PATH,
                PYTHONPATH: import.meta.dirname,
                PYTHONDONTWRITEBYTECODE: "1",
                AWS_ENDPOINT_URL: service.endpoint,
                AWS_DEFAULT_REGION: "us-west-2",
                AWS_ACCESS_KEY_ID: "test",
                AWS_SECRET_ACCESS_KEY: "test",
                AWS_MAX_ATTEMPTS: "1",
                SAMPLE_PACE: String(PACE),
                SAMPLE_BUCKET: service.bucket,
            };
            const child = spawn(python, [join(notebooks, script)], { env, stdio: ["ignore", "ignore", "pipe"] });
            let errors = "";
            child.stderr.on("data", (text) => {
                errors += text;
            });
            child.once("error", failed);
            child.once("exit", (code) => (code === 0 ? passed() : failed(new Error(parseReason(errors)))));
        });

/** Returns the place in the notebook, and the last line of the traceback, which names the error. */
function parseReason(traceback: string): string {
    const lines = traceback.trim().split("\n");
    const place = lines.findLast((line) => line.includes(notebooks));
    return `${place?.trim().replace(`${notebooks}/`, "") ?? ""} ${lines.at(-1) ?? ""}`;
}
