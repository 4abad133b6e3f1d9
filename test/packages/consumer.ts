import { diagnose, explainMessage, faults, type Snapshot } from "access-doctor";
import { createEmulator, type Emulator, type LocalOptions, type Metered, ServiceError } from "local-personalize";
import type { TrainedCampaignArgs } from "pulumi-personalize/components/trained-campaign";

const message = explainMessage("Insufficient privileges for accessing data in S3.");
const subject: string | undefined = message?.subject;
const verdictOf = (snapshot: Snapshot): string => diagnose(snapshot).verdict;
const close = (emulator: Emulator): Promise<void> => emulator.close();
const argsFor = (dataLocation: string, roleArn: string): TrainedCampaignArgs => ({
    interactions: { schema: "{}", dataLocation },
    roleArn,
    campaign: { minProvisionedTPS: 2 },
});
const trained: Metered[] = [];
const options: LocalOptions = { meter: (metered) => void (metered.event === "trained" && trained.push(metered)) };
const kinds = [
    typeof options.meter,
    typeof createEmulator,
    typeof verdictOf,
    typeof close,
    typeof ServiceError,
    typeof argsFor,
];
console.log(JSON.stringify({ subject, faults: Object.keys(faults).length > 20, kinds: [...new Set(kinds)] }));
