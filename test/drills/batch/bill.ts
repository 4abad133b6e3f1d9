import { countAlarmMetrics } from "../../../components/observability/alarms.ts";
import { estimate } from "../../../cost/estimate.ts";
import { BatchSimulation } from "./simulation.ts";

const minute = 60_000;
const tick = 15 * minute;
const hoursPerMonth = 730;

/**
 * Prices of November 2026 in US dollars, the highest where they differ, without free tiers. They are independent of
 * config/prices.ts, so that a wrong price there appears as a difference.
 */
const usdFor = {
    batchUser: 0.086 / 1000,
    trainingHour: 0.24,
    tableWrite: 0.625 / 1e6,
    tableRead: 0.125 / 1e6,
    functionRun: 0.2 / 1e6,
    gbSecond: 0.0000133334,
    logGb: 0.63,
    apiRequest: 3.5 / 1e6,
    transferGb: 0.09,
    alarm: 0.1,
    metricRead: 0.01 / 1000,
    storageGbMonth: 0.023,
};
/** Hours that AWS billed on a real account for a training on 100,000 interactions. */
const trainingHours = 2.1;
/** GB-seconds of one run of the function for batch lists, of one run of the cost guard, and of one API request. */
const gbSeconds = { lists: 0.5, guard: 0.25 * 2, request: 0.5 * 0.01 };
/** Kilobytes of an API answer. */
const answerKb = 3;
/** Number of CloudWatch metrics that a run of the cost guard reads. */
const guardMetrics = 23;
/**
 * Share of all requests that are for lists (`lists`), share of these that read DynamoDB (`ofTable`), and share of
 * events.
 */
const shares = { lists: 0.38, ofTable: 0.67, events: 0.02 };
const alarms = 6;

/**
 * Simulates twelve weeks without faults for each number of viewers. Compares preview's monthly estimate with the cost
 * of the metered usage.
 */
export async function bills() {
    const months = [];
    for (const viewers of [1000, 10_000]) {
        const metered = await meteredMonth(viewers);
        const preview = previewMonth(viewers);
        months.push({ viewers, metered, preview, errorPercent: (100 * Math.abs(preview - metered)) / metered });
    }
    return months;
}

const previewMonth = (viewers: number): number =>
    estimate({
        region: "eu-central-1",
        recipe: "aws-user-personalization",
        hasCampaign: false,
        minProvisionedTPS: 1,
        expectedRequestsPerDay: viewers,
        interactions: 100_000,
        bytes: 3_000_000,
        autoTrainingDays: 30,
        guardMinutes: 60,
        auditTrail: false,
        customMetrics: 0,
        alarmMetrics: countAlarmMetrics({ api: true, batch: true, customMetrics: false }),
        batchLists: { viewers, everyDays: 7 },
        traces: false,
        dashboards: 0,
        api: true,
        edge: false,
    }).expectedUsd;

async function meteredMonth(viewers: number): Promise<number> {
    const simulation = new BatchSimulation({ everyDays: 7 });
    simulation.users = Array.from({ length: viewers }, (_, at) => `u${at}`);
    const weeks = 12;
    const end = simulation.now + weeks * 7 * 24 * 60 * minute;
    for (; simulation.now < end; simulation.pass(tick)) await simulation.run();
    const months = (weeks * 7 * 24) / hoursPerMonth;
    const { runs, billedUsers, writes } = simulation.meter;
    const requests = viewers * (hoursPerMonth / 24);
    const lists = requests * shares.lists;
    const events = requests * shares.events;
    const perMonth =
        (billedUsers * usdFor.batchUser +
            writes * usdFor.tableWrite +
            runs * (usdFor.functionRun + gbSeconds.lists * usdFor.gbSecond + usdFor.logGb / 1024 ** 2)) /
        months;
    const training = trainingHours * usdFor.trainingHour * (hoursPerMonth / 24 / 30);
    const api =
        requests *
            (usdFor.apiRequest +
                usdFor.functionRun +
                gbSeconds.request * usdFor.gbSecond +
                (answerKb / 1024 ** 2) * usdFor.transferGb +
                usdFor.logGb / 1024 ** 2) +
        (lists * shares.ofTable + events) * usdFor.tableRead +
        events * usdFor.tableWrite;
    const guard =
        hoursPerMonth *
        (usdFor.functionRun +
            gbSeconds.guard * usdFor.gbSecond +
            guardMetrics * usdFor.metricRead +
            usdFor.logGb / 1024 ** 2);
    const storage = (3_000_000 / 1024 ** 3) * usdFor.storageGbMonth;
    return perMonth + training + api + guard + alarms * usdFor.alarm + storage;
}
