/** An epoch: what would be funded if voting closed now, or what was; and what happens next. */

import { FundingLine, FundingSentence } from "../components/FundingLine";
import { Shown } from "../components/States";
import { type ShownSlate, useSlate } from "../hooks/slate";

export default function EpochPage({ index }: { readonly index: number | null }) {
  const slate = useSlate(index);
  return (
    <Shown loaded={slate} what="the slate">
      {(shown) => <Slate shown={shown} />}
    </Shown>
  );
}

function Slate({ shown }: { readonly shown: ShownSlate }) {
  return (
    <>
      <h1>Epoch {shown.epoch.index}</h1>
      <FundingSentence shown={shown} />
      <FundingLine shown={shown} />
    </>
  );
}
