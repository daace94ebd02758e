/** Participation. */

export default function Participation() {
  return <h1>Participation</h1>;
}
