import { type BatchPorts, type BatchSettings, pickBatchValues } from "../../../app/batch/ports.ts";
import { runBatch } from "../../../app/batch/run.ts";
import { type BatchState, firstState } from "../../../app/batch/state.ts";
import { batchListKey, type KeptList, type Recent, type ServedLists } from "../../../app/serving/ports.ts";
import { good } from "../../core/config/parsed.ts";

/** The error of a call to AWS at which the simulated function is killed. Later calls of the same run have no effect. */
class KilledError extends Error {
    override readonly name = "KilledError";
}

export interface SimulatedJob {
    readonly name: string;
    readonly solutionVersionArn: string;
    readonly startedAt: number;
    readonly users: readonly string[];
    /** Whether AWS bills the job. It bills all jobs except failed ones. */
    billed: boolean;
    status: string;
    output: readonly string[] | undefined;
}

/** The fault of a call: the function is killed before or after the call, or the service rejects the call. */
export type CallFault = "kill" | "kill after" | "fail";

const minute = 60_000;
/** Duration of a batch inference job: 13 to 27 minutes in AWS's notebooks. */
const jobMinutes = 20;
const listLength = 30;
/** Number of users without recent interactions, and the time of the newest interaction in epoch seconds. */
const inactiveUsers = 2000;
const latest = 100_000_000;

export const versionArn = (id: string) => `arn:aws:personalize:eu-central-1:1:solution/films/${id}`;
export const parseVersionId = (arn: string) => arn.split("/").at(-1) ?? "";

/**
 * Simulates in virtual time what the function for batch lists uses of AWS: jobs, files, the API's table and the month's
 * cost.
 */
export class BatchSimulation {
    now = Date.UTC(2026, 0, 1);
    users: string[] = Array.from({ length: 60 }, (_, at) => `u${at}`);
    /** Solution versions by id, with their NDCG@10; undefined if the service returns no metrics. */
    versions = new Map<string, { readonly madeAt: number; readonly ndcg: number | undefined }>();
    held: string | undefined;
    settings: BatchSettings;
    /** Number of the function's calls in all runs, and the fault of one of them. */
    calls = 0;
    faultAt: { readonly call: number; readonly fault: CallFault } | undefined;
    /** Faults of the next jobs: each changes the result of one job. */
    readonly jobFaults: ((job: SimulatedJob) => void)[] = [];
    readonly jobs: SimulatedJob[] = [];
    readonly files = new Map<string, readonly string[]>();
    readonly notifications = new Set<string>();
    lists = new Map<string, { readonly list: KeptList; expiresAt: number }>();
    recent = new Map<string, Recent>();
    served: ServedLists | undefined;
    item: { state: BatchState; revision: number; leaseUntil: number } | undefined;
    spend: { readonly month: string; readonly usd: number } | undefined;

    constructor(settings: Partial<BatchSettings> = {}) {
        this.versions.set("v1", { madeAt: this.now, ndcg: 0.4 });
        this.settings = {
            ...pickBatchValues(good({ serving: '{"activeDays":30}' })),
            solutionVersionArn: versionArn("v1"),
            monthlyLimitUsd: 50,
            jobNamePrefix: "lists",
            ...settings,
        };
    }

    /** Advances virtual time, and completes the jobs that have run long enough. */
    pass(milliseconds: number): void {
        this.now += milliseconds;
        for (const job of this.jobs) {
            if (job.status !== "CREATE IN_PROGRESS" || this.now - job.startedAt < jobMinutes * minute) continue;
            job.status = "ACTIVE";
            job.billed = true;
            job.output = job.users.map((userId, at) => lineFor(userId, parseVersionId(job.solutionVersionArn), at));
            this.jobFaults.shift()?.(job);
        }
    }

    /** Runs the function once. A killed or failed run has no other effect than its calls. */
    async run(): Promise<void> {
        await runBatch(this.ports(), this.settings).catch(() => {});
    }

    /** Returns the viewers for whom the API has a list of the generation that it serves. */
    servedViewers(): string[] {
        const key = batchListKey(this.served?.generation ?? 0);
        return this.users.filter((user) => (this.lists.get(`${user}#${key}`)?.expiresAt ?? 0) > this.now);
    }

    /**
     * Returns two interactions of each active user and of many inactive users, so that the quality gate has enough test
     * users.
     */
    private interactions() {
        const [active, all] = [this.users.length, this.users.length + inactiveUsers];
        return {
            userIds: [...this.users, ...Array.from({ length: inactiveUsers }, (_, at) => `old${at}`)],
            userCount: all,
            users: Int32Array.from({ length: 2 * all }, (_, row) => row % all),
            timestamps: Uint32Array.from({ length: 2 * all }, (_, row) => (row % all < active ? latest : 1)),
            popularity: () => ({ normalized_discounted_cumulative_gain_at_10: 0.01 }),
        };
    }

    private ports(): BatchPorts {
        let killed = false;
        return new Proxy(this.plainPorts(), {
            get: (target, name: keyof BatchPorts) => {
                if (name === "now" || name === "timeLeft" || name === "log" || name === "output") return target[name];
                return async (...args: unknown[]) => {
                    if (killed) throw new KilledError();
                    this.calls += 1;
                    const fault = this.faultAt?.call === this.calls ? this.faultAt.fault : undefined;
                    if (fault === "fail") throw Object.assign(new Error("simulated"), { name: "ThrottlingException" });
                    killed = fault !== undefined;
                    if (fault === "kill") throw new KilledError();
                    const result = await (target[name] as (...given: unknown[]) => unknown).apply(target, args);
                    if (killed) throw new KilledError();
                    return result;
                };
            },
        });
    }

    private plainPorts(): BatchPorts {
        let revision = 0;
        const simulation = this;
        const listId = (userId: string, generation: number) => `${userId}#${batchListKey(generation)}`;
        return {
            now: () => this.now,
            timeLeft: () => 15 * minute,
            log: () => {},
            begin: async (leaseMs) => {
                if (this.item !== undefined && this.item.leaseUntil >= this.now) return undefined;
                revision = (this.item?.revision ?? 0) + 1;
                this.item = { state: this.item?.state ?? firstState, revision, leaseUntil: this.now + leaseMs };
                return structuredClone(this.item.state);
            },
            save: async (state) => {
                if (this.item?.revision !== revision) throw new Error("another run holds the lease of the state");
                revision += 1;
                this.item = { ...this.item, state: structuredClone(state), revision };
            },
            end: async () => {
                if (this.item?.revision === revision) this.item.leaseUntil = 0;
            },
            heldVersion: async () => this.held,
            versions: async () =>
                [...this.versions].map(([id, { madeAt }]) => ({
                    id,
                    solutionVersionArn: versionArn(id),
                    status: "ACTIVE",
                    madeAt: new Date(madeAt).toISOString(),
                    trainingType: null,
                })),
            metrics: async (arn) => {
                const ndcg = this.versions.get(parseVersionId(arn))?.ndcg;
                return ndcg === undefined ? null : { normalized_discounted_cumulative_gain_at_10: ndcg };
            },
            interactions: async () => this.interactions(),
            viewersOf: async () => undefined,
            viewersWithEvents: async (since) =>
                [...this.recent]
                    .filter(([, { revision }]) => revision >= since)
                    .map(([userId, { revision, proven = false }]) => ({ userId, proven, at: revision })),
            spend: async () => this.spend,
            writeUsers: async (jobName, userIds) => void this.files.set(jobName, userIds),
            readUsers: async (jobName) => this.files.get(jobName) ?? [],
            createJob: async ({ jobName: name, solutionVersionArn }) => {
                if (this.jobs.some((job) => job.name === name)) return;
                const users = this.files.get(name) ?? [];
                const job = { name, solutionVersionArn, users, startedAt: this.now, billed: false, output: undefined };
                this.jobs.push({ ...job, status: "CREATE IN_PROGRESS" });
            },
            describeJob: async (jobName) => {
                const job = this.jobs.find(({ name }) => name === jobName);
                return { status: job?.status ?? "", failureReason: "simulated" };
            },
            async *output(jobName, from) {
                const lines = simulation.jobs.find(({ name }) => name === jobName)?.output ?? [];
                for (const [at, text] of lines.entries()) {
                    if (at >= from) yield { text, end: at + 1 };
                }
            },
            putLists: async (lists, expiresAt) => {
                for (const { userId, list } of lists) this.lists.set(`${userId}#${list.key}`, { list, expiresAt });
            },
            copyList: async (userId, from, to) => {
                const storedList = this.lists.get(listId(userId, from));
                if (storedList === undefined || storedList.expiresAt <= this.now) return false;
                this.lists.set(listId(userId, to), {
                    ...storedList,
                    list: { ...storedList.list, key: batchListKey(to) },
                });
                return true;
            },
            expireLists: async (userIds, generation, at) => {
                for (const userId of userIds) {
                    const storedList = this.lists.get(listId(userId, generation));
                    if (storedList !== undefined) storedList.expiresAt = at;
                }
            },
            served: async () => this.served,
            serve: async (lists) => {
                this.served = lists;
            },
            notify: async (id) => void this.notifications.add(id),
        };
    }
}

/** Returns a user's line of a job's output: films of the version, in another order for each user. */
function lineFor(userId: string, version: string, at: number): string {
    const recommendedItems = Array.from({ length: listLength }, (_, rank) => `${version}-${(at * 7 + rank * 3) % 300}`);
    return JSON.stringify({ input: { userId }, output: { recommendedItems }, error: null });
}
