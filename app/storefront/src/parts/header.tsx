import { useState } from "preact/hooks";
import { capital, noun, person, siteName } from "../data-words.ts";
import { hashFor, type Page, type Route } from "../route.ts";
import { needsToken } from "../sign-in.ts";
import { currentTheme, showTheme } from "../storage.ts";
import { viewerName } from "../viewers.ts";
import { Icon } from "./icons.tsx";
import { Avatar } from "./viewer-choice.tsx";

const pages: readonly (readonly [Page, string])[] = [
    ["home", "For you"],
    ["compare", "Compare"],
    ["status", "Status"],
];

interface HeaderProps {
    readonly route: Route;
    onPick(): void;
    onSearch(): void;
}

export function Header({ route, onPick, onSearch }: HeaderProps) {
    const { viewer } = route;
    const whose = viewer === undefined ? {} : { viewer };
    return (
        <header class="head line">
            <a class="mark line" href={hashFor({ page: "home", ...whose })} aria-label={`${siteName}, home`}>
                <svg viewBox="0 0 32 32" aria-hidden="true">
                    <circle cx="16" cy="13" r="8" class="mark-sun" />
                    <path class="mark-hill" d="M1 23q8-6 15-2t15-3v12H1z" />
                </svg>
                <span class="mark-name">{siteName}</span>
            </a>
            <nav aria-label="Pages">
                {pages.map(([page, title]) => (
                    <a
                        key={page}
                        href={hashFor({ page, ...whose })}
                        class="soft text strong"
                        aria-current={page === route.page ? "page" : undefined}
                    >
                        {title}
                    </a>
                ))}
            </nav>
            <button
                type="button"
                class="search-open line edged soft text"
                onClick={onSearch}
                aria-haspopup="dialog"
                aria-keyshortcuts="/"
            >
                <Icon name="search" />
                <span>
                    Search<span class="unseen"> {noun.many}</span>
                </span>
            </button>
            <ThemeToggle />
            {needsToken ? (
                <span class="who line edged text strong">
                    <Icon name="person" />
                    <span class="who-name cut">{viewer === undefined ? "Not signed in" : "Signed in"}</span>
                </span>
            ) : (
                <button type="button" class="who line edged text strong" onClick={onPick} aria-haspopup="dialog">
                    {viewer === undefined ? <Icon name="person" /> : <Avatar viewer={viewer} />}
                    <span class="who-name cut">
                        {viewer === undefined ? `Pick a ${person.one}` : capital(viewerName(viewer))}
                    </span>
                </button>
            )}
        </header>
    );
}

function ThemeToggle() {
    const [theme, setTheme] = useState(currentTheme);
    const other = theme === "dark" ? "light" : "dark";
    const turn = () => {
        showTheme(other, true);
        setTheme(other);
    };
    return (
        <button
            type="button"
            class="round theme"
            onClick={turn}
            aria-label={`Use the ${other} theme`}
            title={`Use the ${other} theme`}
        >
            <Icon name={theme === "dark" ? "sun" : "moon"} />
        </button>
    );
}
