/** Digest. */

export default function Digest({ index }: { readonly index: number }) {
  return <h1>Digest of epoch {index}</h1>;
}
