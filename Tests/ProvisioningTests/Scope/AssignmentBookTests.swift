import Provisioning
import TestSupport
import Testing

private let ada = ObjectID.sample(1)
private let bea = ObjectID.sample(2)
private let cyd = ObjectID.sample(3)
private let staff = ObjectID.sample(500)
private let guests = ObjectID.sample(501)
private let admin = ObjectID.sample(901)
private let operate = ObjectID.sample(902)

private func user(_ id: ObjectID, _ role: ObjectID = admin) -> Assignment {
  Assignment(principal: id, principalKind: .user, role: role)
}

private func group(_ id: ObjectID, _ role: ObjectID = admin) -> Assignment {
  Assignment(principal: id, principalKind: .group, role: role)
}

@Suite("Who is assigned, as last read to the end")
struct AssignmentBookTests {
  private func book(includesDefaultAccess: Bool = false) -> AssignmentBook {
    AssignmentBook(includesDefaultAccess: includesDefaultAccess)
  }

  @Test("Given nothing was read, the book is not complete and knows nobody")
  func empty() {
    let book = book()
    #expect(!book.isComplete)
    #expect(Array(book.users).isEmpty)
    #expect(book.groups.isEmpty)
  }

  @Test("Given a complete read, direct assignees and direct members are assigned with their roles")
  func completeRead() {
    var book = book()
    let changed = book.update(
      application: .sample, assignments: [user(ada), group(staff, operate)], members: [staff: [ada, bea]], read: 1)
    #expect(book.isComplete)
    #expect(changed == [ada, bea])
    #expect(Set(book.users) == [ada, bea])
    #expect(book.groups == [staff])
    #expect(
      book.entitlement(of: ada) == .assigned(Application.sample.roles.filter { [admin, operate].contains($0.id) }))
    #expect(book.entitlement(of: bea) == .assigned(Application.sample.roles.filter { $0.id == operate }))
    #expect(book.entitlement(of: cyd) == .notAssigned)
    #expect(book.isAssigned(ada) && !book.isAssigned(cyd))
  }

  @Test("Given an equal read, nobody has changed")
  func equalRead() {
    var book = book()
    for read in 1...2 {
      let changed = book.update(
        application: .sample, assignments: [user(ada), group(staff)], members: [staff: [bea]], read: read)
      #expect(changed == (read == 1 ? [ada, bea] : []))
    }
  }

  @Test("Given a changed read, those who came, went or have another role have changed")
  func changedRead() {
    var book = book()
    _ = book.update(application: .sample, assignments: [user(ada), user(bea)], members: [:], read: 1)
    let changed = book.update(
      application: .sample, assignments: [user(bea, operate), user(cyd)], members: [:], read: 2)
    #expect(changed == [ada, bea, cyd])
    #expect(Set(book.users) == [bea, cyd])
  }

  @Test("Given somebody assigned twice, losing one of the two leaves the other")
  func twoWays() {
    var book = book()
    _ = book.update(
      application: .sample, assignments: [user(ada), group(staff)], members: [staff: [ada]], read: 1)
    let changed = book.update(membersOf: staff, users: [], read: 2)
    #expect(changed.isEmpty)
    #expect(book.isAssigned(ada))
  }

  @Test("Given Default Access only, it counts when configured and not otherwise")
  func defaultAccess() {
    let assignments = [user(ada, AppRole.defaultAccess), user(bea, AppRole.defaultAccess), user(bea, admin)]
    var strict = book()
    _ = strict.update(application: .sample, assignments: assignments, members: [:], read: 1)
    #expect(strict.entitlement(of: ada) == .defaultAccessOnly)
    #expect(!strict.isAssigned(ada))
    #expect(Set(strict.users) == [bea])
    #expect(strict.entitlement(of: bea) == .assigned(Application.sample.roles.filter { $0.id == admin }))

    var lenient = book(includesDefaultAccess: true)
    _ = lenient.update(application: .sample, assignments: assignments, members: [:], read: 1)
    #expect(lenient.entitlement(of: ada) == .assigned([]))
    #expect(Set(lenient.users) == [ada, bea])
  }

  @Test("Given new members of an assigned group, those who came or went have changed")
  func membersChange() {
    var book = book()
    _ = book.update(application: .sample, assignments: [group(staff)], members: [staff: [ada, bea]], read: 1)
    #expect(book.update(membersOf: staff, users: [bea, cyd], read: 2) == [ada, cyd])
    #expect(Set(book.users) == [bea, cyd])
  }

  @Test("Given members of a group that is not assigned, nothing happens")
  func strangeGroup() {
    var book = book()
    _ = book.update(application: .sample, assignments: [group(staff)], members: [staff: [ada]], read: 1)
    #expect(book.update(membersOf: guests, users: [cyd], read: 2).isEmpty)
    #expect(!book.isAssigned(cyd))
  }

  @Test("Given an answer that a later read has overtaken, it is dropped")
  func overtaken() {
    var book = book()
    _ = book.update(application: .sample, assignments: [group(staff)], members: [staff: [ada]], read: 1)
    #expect(book.update(membersOf: staff, users: [ada, bea], read: 4) == [bea])
    #expect(book.update(membersOf: staff, users: [cyd], read: 3).isEmpty)
    #expect(Set(book.users) == [ada, bea])
    // The members were read anew meanwhile: those of the slower, complete read don't undo it.
    _ = book.update(application: .sample, assignments: [group(staff), user(cyd)], members: [staff: [ada]], read: 2)
    #expect(Set(book.users) == [ada, bea, cyd])
    #expect(
      book.update(application: .sample, assignments: [], members: [:], read: 2).isEmpty, "not later than the last one")
    #expect(Set(book.users) == [ada, bea, cyd])
  }

  @Test("Given a group that is unassigned and assigned again, its members are those of the new read")
  func reassignedGroup() {
    var book = book()
    _ = book.update(application: .sample, assignments: [group(staff)], members: [staff: [ada]], read: 1)
    #expect(book.update(application: .sample, assignments: [], members: [:], read: 2) == [ada])
    #expect(
      book.update(application: .sample, assignments: [group(staff)], members: [staff: [bea]], read: 3) == [bea])
  }

  @Test("Given a group whose members are kept from before, a read without them keeps them")
  func keptMembers() {
    var book = book()
    _ = book.update(application: .sample, assignments: [group(staff)], members: [staff: [ada]], read: 1)
    #expect(book.update(application: .sample, assignments: [group(staff), user(bea)], members: [:], read: 2) == [bea])
    #expect(Set(book.users) == [ada, bea])
  }
}
