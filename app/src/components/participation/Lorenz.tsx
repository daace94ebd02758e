/** The Lorenz curve: how much of all weight the lightest holders have, drawn by hand and labelled on it. */

import { useMemo } from "react";

import * as format from "../../lib/format";
import { lorenz } from "../../lib/participation";

const SIZE = 240;

export function Lorenz({ weights }: { readonly weights: readonly bigint[] }) {
  const points = useMemo(() => lorenz(weights), [weights]);
  const x = (bps: number) => (bps / 10_000) * SIZE;
  const y = (bps: number) => SIZE - (bps / 10_000) * SIZE;
  const path = points
    .map(
      ({ holdersBps, weightBps }, at) => `${at === 0 ? "M" : "L"}${x(holdersBps)} ${y(weightBps)}`,
    )
    .join(" ");
  const marks = [2_500, 5_000, 7_500, 9_000].map((holders) => ({
    holders,
    weight: at(points, holders),
  }));
  const label = marks
    .map(
      ({ holders, weight }) =>
        `the lightest ${format.bps(holders)} of holders have ${format.bps(weight)}`,
    )
    .join(", ");
  return (
    <figure className="lorenz">
      <svg
        viewBox={`-8 -8 ${SIZE + 16} ${SIZE + 40}`}
        role="img"
        aria-label={`Of all weight, ${label}.`}
      >
        <path className="lorenz-frame" d={`M0 0V${SIZE}H${SIZE}`} />
        <path className="lorenz-equal" d={`M0 ${SIZE}L${SIZE} 0`} />
        <path className="lorenz-area" d={`${path} L0 ${SIZE}Z`} />
        <path className="lorenz-curve" d={path} />
        {marks.slice(1, 2).map(({ holders, weight }) => (
          <g key={holders}>
            <circle className="lorenz-mark" cx={x(holders)} cy={y(weight)} r="4" />
          </g>
        ))}
        <text x={SIZE * 0.44} y={SIZE * 0.44} className="lorenz-text" textAnchor="end">
          all alike
        </text>
        <text x="5" y={y(at(points, 5_000)) - 12} className="lorenz-text">
          lighter half: {format.share(BigInt(at(points, 5_000)), 10_000n)}
        </text>
        <text x="0" y={SIZE + 20} className="lorenz-text">
          lightest
        </text>
        <text x={SIZE} y={SIZE + 20} className="lorenz-text" textAnchor="end">
          heaviest holders
        </text>
      </svg>
      <table className="lorenz-table">
        <caption>How much of all weight the lightest have</caption>
        <thead>
          <tr>
            <th scope="col">Of the holders, the lightest</th>
            <th scope="col" className="number">
              of all weight
            </th>
          </tr>
        </thead>
        <tbody>
          {marks.map(({ holders, weight }) => (
            <tr key={holders}>
              <th scope="row">{format.bps(holders)}</th>
              <td className="number">{format.bps(weight)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

/** The curve's weight at so many of the holders: at the last point not behind it. */
function at(points: ReturnType<typeof lorenz>, holdersBps: number): number {
  return points.filter((point) => point.holdersBps <= holdersBps).at(-1)?.weightBps ?? 0;
}
