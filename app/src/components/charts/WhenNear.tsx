/** Loads a chart when it is about to be seen: its library is larger than the page above it. */

import { type ReactNode, Suspense, useEffect, useRef, useState } from "react";

import { Loading } from "../States";
import "./charts.css";

/** How far below the window a chart begins to load. */
const AHEAD = "400px";

export function WhenNear({ children }: { readonly children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (near || element === null) return;
    const observer = new IntersectionObserver(
      (seen) => {
        if (seen.some(({ isIntersecting }) => isIntersecting)) setNear(true);
      },
      { rootMargin: AHEAD },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [near]);
  return (
    <div ref={place} className="chart-place">
      {near ? <Suspense fallback={<Loading what="the chart" />}>{children}</Suspense> : null}
    </div>
  );
}
