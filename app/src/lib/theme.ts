/** Light or dark: as the system says, until the visitor says otherwise. */

import { useEffect, useState } from "react";

const THEMES = ["as the system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

const STORED = "community-budget.theme";

function stored(): Theme {
  try {
    const found = localStorage.getItem(STORED);
    return THEMES.find((known) => known === found) ?? "as the system";
  } catch {
    return "as the system";
  }
}

/** The theme, and what turns to the next one. */
export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState(stored);
  useEffect(() => {
    if (theme === "as the system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
    try {
      localStorage.setItem(STORED, theme);
    } catch {
      return;
    }
  }, [theme]);
  const turn = () => setTheme(THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "light");
  return [theme, turn];
}
