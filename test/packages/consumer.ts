import { diagnose, explainMessage, faults, type Snapshot } from "access-doctor";
import { createEmulator, type Emulator, ServiceError } from "local-personalize";
import type { RecommenderArgs } from "pulumi-personalize/components/recommender";

const message = explainMessage("Insufficient privileges for accessing data in S3.");
const subject: string | undefined = message?.subject;
const verdictOf = (snapshot: Snapshot): string => diagnose(snapshot).verdict;
const close = (emulator: Emulator): Promise<void> => emulator.close();
const argsFor = (dataLocation: string, roleArn: string): RecommenderArgs => ({
    interactions: { schema: "{}", dataLocation },
    roleArn,
    campaign: { minProvisionedTPS: 2 },
});
const kinds = [typeof createEmulator, typeof verdictOf, typeof close, typeof ServiceError, typeof argsFor];
console.log(JSON.stringify({ subject, faults: Object.keys(faults).length > 20, kinds: [...new Set(kinds)] }));
