/** Ballot. */

export default function Ballot() {
  return <h1>Ballot</h1>;
}
