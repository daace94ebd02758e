/** Propose. */

export default function Propose() {
  return <h1>Propose</h1>;
}
