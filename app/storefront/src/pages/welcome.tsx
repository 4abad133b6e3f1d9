import { useState } from "preact/hooks";
import { ApiError } from "../api.ts";
import { type Act, act, item, person } from "../data-words.ts";
import { Trouble } from "../parts/announcer.tsx";
import { EverybodysRows } from "../parts/listed-row.tsx";
import { Artwork } from "../parts/poster.tsx";
import { ViewerChoice } from "../parts/viewer-choice.tsx";
import { hashFor, type Page } from "../route.ts";
import { needsToken } from "../sign-in.ts";
import { newViewer, watchFilm } from "../viewers.ts";
import type { ListedFilm } from "../words.ts";
import { useOpened } from "./opened.tsx";

const scene = { title: "Evening over the ridge", year: null, genres: ["Adventure"] };

/**
 * Renders the first page of a visitor who has not chosen a viewer. If the visitor watches a film on it, the page
 * creates a new viewer.
 */
export function Welcome({ page }: { page: Page }) {
    const [failed, setFailed] = useState<{ readonly film: ListedFilm; readonly act: Act; readonly error: ApiError }>();
    const watch = async (film: ListedFilm, act: Act) => {
        const viewer = newViewer();
        try {
            await watchFilm(viewer, film, undefined, act);
            location.hash = hashFor({ page, viewer });
        } catch (error) {
            if (!(error instanceof ApiError)) throw error;
            setFailed({ film, act, error });
        }
    };
    const { opens, dialog } = useOpened({
        who: "you",
        watched: [],
        onWatch: (film, _, act) => watch(film, act),
    });
    return (
        <>
            <section class="hero welcome stage" aria-labelledby="hero-title">
                <div class="hero-art">
                    <Artwork film={scene} />
                </div>
                <div class="hero-words">
                    <h1 class="hero-film" id="hero-title">
                        {needsToken
                            ? `Sign in to see your ${item.many}`
                            : page === "compare"
                              ? `Choose a ${person.one} to compare`
                              : `Choose a ${person.one}`}
                    </h1>
                    {needsToken ? (
                        <p class="hero-facts soft">
                            The site around this page signs you in. Below are {item.many} for everyone.
                        </p>
                    ) : (
                        <>
                            <p class="hero-facts soft">
                                Pick a {person.one} to see their recommendations, or be someone new: the lists become
                                yours as you {act}.
                            </p>
                            <ViewerChoice page={page} />
                        </>
                    )}
                </div>
            </section>
            {failed && <Trouble error={failed.error} onAgain={() => watch(failed.film, failed.act)} />}
            <EverybodysRows {...opens} />
            {dialog}
        </>
    );
}
