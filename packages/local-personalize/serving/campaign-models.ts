import { type CampaignProperties, campaignPhase, deployed, isUpdating } from "../control/campaigns.ts";
import { datasetOf } from "../control/group-datasets.ts";
import { type Call, modelDir } from "../control/resources.ts";
import type { VersionProperties } from "../control/solution-versions.ts";
import type { Resource } from "../control/store.ts";
import { invalidInput } from "../errors.ts";
import { loadModel, type Model } from "../model/model.ts";
import { unknownCampaign } from "./recommend.ts";

/** A model with what it was trained for. */
export interface Trained {
    model: Model;
    datasetGroupArn: string;
    /** The interactions dataset, whose streamed events lengthen the histories; undefined when it has been deleted. */
    interactions: number | undefined;
    /** The only event type that counts, where the solution has one. */
    eventType: string | undefined;
}

interface Served {
    campaign: Resource<object>;
    trained: Trained;
    /** Until when the answer may be given without a look at the resources: epoch milliseconds. */
    until: number;
}

/** How long what may change by itself is believed: a campaign under update, or one that follows its solution. */
const briefly = 1000;

/** Which model answers for which campaign. Known ones come from memory, so that a recommendation waits for no disk. */
export function createCampaignModels() {
    const served = new Map<string, Served>();
    const models = new Map<number, Model>();

    const trainedOf = (call: Call, version: Resource<VersionProperties>): Trained => {
        const model = models.get(version.id) ?? loadModel(modelDir(call.options.dataDir, version.id));
        models.set(version.id, model);
        const { datasetGroupArn, eventType } = version.properties;
        const interactions = datasetOf(call.store, call.region, datasetGroupArn, "INTERACTIONS")?.id;
        return { model, datasetGroupArn, interactions, eventType };
    };

    const look = (call: Call, campaignArn: string): Served => {
        const campaign = call.store.find<CampaignProperties>(call.region, campaignArn);
        const status = campaign && campaignPhase(call, campaign).status;
        if (campaign?.kind !== "campaign" || status === "GONE") throw unknownCampaign(campaignArn);
        if (status !== "ACTIVE")
            throw invalidInput(`The campaign ${campaignArn} is ${status}; it answers once it is ACTIVE.`);
        const { solutionVersionArn, campaignConfig } = deployed(call, campaign);
        const version = call.store.find<VersionProperties>(call.region, solutionVersionArn);
        if (!version) throw invalidInput(`The solution version of the campaign is gone: ${solutionVersionArn}`);
        const changing = isUpdating(call, campaign) || campaignConfig?.syncWithLatestSolutionVersion;
        const until = changing ? call.now + briefly : Number.POSITIVE_INFINITY;
        return { campaign, trained: trainedOf(call, version), until };
    };

    return {
        /** The model of a solution version that is trained. */
        trainedOf,
        /** The campaign and what it answers by. Throws ResourceNotFoundException, or InvalidInputException when the campaign has never been ACTIVE. */
        deployedOn(call: Call, campaignArn: string): Served {
            const key = `${call.region} ${campaignArn}`;
            const known = served.get(key);
            if (known && call.now < known.until) return known;
            const found = look(call, campaignArn);
            served.set(key, found);
            return found;
        },
        /** Called when a resource may have changed. Models that are still deployed are read from disk once more. */
        forget() {
            served.clear();
            models.clear();
        },
    };
}
