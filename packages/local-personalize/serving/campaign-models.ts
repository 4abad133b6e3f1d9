import { campaignPhase, deployed, isUpdating } from "../control/campaigns.ts";
import { datasetOf } from "../control/datasets.ts";
import type { CampaignProperties } from "../control/properties.ts";
import { type Call, modelDir } from "../control/resources.ts";
import { eventChoiceOf } from "../control/solution-config.ts";
import type { VersionProperties } from "../control/solution-versions.ts";
import type { Resource } from "../control/store.ts";
import { invalidInput } from "../errors.ts";
import { weighing } from "../model/event-choice.ts";
import { loadModel, type Model } from "../model/model.ts";
import { unknownCampaign } from "./recommend.ts";

/** A model and its origin. */
export interface Trained {
    model: Model;
    datasetGroupArn: string;
    /** The interactions dataset, whose streamed events extend the histories; undefined when it was deleted. */
    interactions: number | undefined;
    /** The weight of an event, by type and value; undefined if the solution does not count it. */
    weightOf: ReturnType<typeof weighing>;
}

interface Served {
    campaign: Resource<object>;
    trained: Trained;
    /** Until when the answer is valid without a query of the resources: epoch milliseconds. */
    until: number;
}

/** How long the state of a campaign is cached that may change by itself: under update, or following its solution. */
const briefly = 1000;

/**
 * The model that answers for each campaign. Known models are in memory: a recommendation does not wait for the disk.
 */
export function createCampaignModels() {
    const served = new Map<string, Served>();
    const models = new Map<number, Model>();

    const trainedOf = (call: Call, version: Resource<VersionProperties>): Trained => {
        const model = models.get(version.id) ?? loadModel(modelDir(call.options.dataDir, version.id));
        models.set(version.id, model);
        const { datasetGroupArn } = version.properties;
        const interactions = datasetOf(call.store, call.region, datasetGroupArn, "INTERACTIONS")?.id;
        return { model, datasetGroupArn, interactions, weightOf: weighing(eventChoiceOf(version.properties)) };
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
        /** The model of a trained solution version. */
        trainedOf,
        /**
         * The campaign and its model. Throws ResourceNotFoundException, or InvalidInputException when the campaign has
         * never been ACTIVE.
         */
        deployedOn(call: Call, campaignArn: string): Served {
            const key = `${call.region} ${campaignArn}`;
            const known = served.get(key);
            if (known && call.now < known.until) return known;
            const found = look(call, campaignArn);
            served.set(key, found);
            return found;
        },
        /** Call this when a resource may have changed. Models in use are then read from disk once more. */
        forget() {
            served.clear();
            models.clear();
        },
    };
}
