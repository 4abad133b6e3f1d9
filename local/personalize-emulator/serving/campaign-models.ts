import { type CampaignProperties, campaignPhase, deployed, isUpdating } from "../control/campaigns.ts";
import { type Call, modelDir } from "../control/resources.ts";
import { invalidInput } from "../errors.ts";
import { loadModel, type Model } from "../model/model.ts";
import { unknownCampaign } from "./recommend.ts";

interface Served {
    model: Model;
    /** Until when the answer may be given without a look at the resources: epoch milliseconds. */
    until: number;
}

/** How long what may change by itself is believed: a campaign under update, or one that follows its solution. */
const briefly = 1000;

/** Which model answers for which campaign. Known ones come from memory, so that a recommendation waits for no disk. */
export function createCampaignModels() {
    const served = new Map<string, Served>();
    const models = new Map<number, Model>();

    const look = (call: Call, campaignArn: string): Served => {
        const campaign = call.store.find<CampaignProperties>(call.region, campaignArn);
        const status = campaign && campaignPhase(call, campaign).status;
        if (campaign?.kind !== "campaign" || status === "GONE") throw unknownCampaign(campaignArn);
        if (status !== "ACTIVE")
            throw invalidInput(`The campaign ${campaignArn} is ${status}; it answers once it is ACTIVE.`);
        const { solutionVersionArn, campaignConfig } = deployed(call, campaign);
        const version = call.store.find(call.region, solutionVersionArn);
        if (!version) throw invalidInput(`The solution version of the campaign is gone: ${solutionVersionArn}`);
        const model = models.get(version.id) ?? loadModel(modelDir(call.options.dataDir, version.id));
        models.set(version.id, model);
        const changing = isUpdating(call, campaign) || campaignConfig?.syncWithLatestSolutionVersion;
        return { model, until: changing ? call.now + briefly : Number.POSITIVE_INFINITY };
    };

    return {
        /** Throws ResourceNotFoundException, or InvalidInputException when the campaign has never been ACTIVE. */
        modelOf(call: Call, campaignArn: string): Model {
            const key = `${call.region} ${campaignArn}`;
            const known = served.get(key);
            if (known && call.now < known.until) return known.model;
            const found = look(call, campaignArn);
            served.set(key, found);
            return found.model;
        },
        /** Called when a resource may have changed. Models that are still deployed are read from disk once more. */
        forget() {
            served.clear();
            models.clear();
        },
    };
}
