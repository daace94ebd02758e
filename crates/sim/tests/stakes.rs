//! Stakes that a world writes directly are the ones that the program would have written.

use budget_sim::{World, token::balance};

#[test]
fn written_stakes_are_those_that_the_program_writes() {
    let (mut through, mut written) = (World::new(), World::new());
    let person = through.staker(7);
    let same = written.person();
    assert_eq!(person.key(), same.key());
    let keys = written.put_stakes(&[same.key()], 7);

    let stake = through.community.stake(&person.key());
    assert_eq!(keys, [stake]);
    assert_eq!(written.svm.get(&stake), through.svm.get(&stake));
    let books = |world: &World| {
        // Events are counted where there are transactions, and only there.
        let treasury = community_budget::state::Treasury { seq: 0, ..world.treasury() };
        bytemuck::bytes_of(&treasury).to_vec()
    };
    assert_eq!(books(&written), books(&through));
    let vault = |world: &World| balance(&world.svm, &world.community.stake_vault());
    assert_eq!((vault(&written), vault(&through)), (7, 7));
}
