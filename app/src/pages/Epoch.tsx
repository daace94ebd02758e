/** Epoch. */

export default function Epoch({ index }: { readonly index: number | null }) {
  return <h1>Epoch {index}</h1>;
}
