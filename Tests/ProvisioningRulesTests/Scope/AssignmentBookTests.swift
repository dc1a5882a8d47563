import ProvisioningModel
import ProvisioningRules
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

extension AssignmentBook {
  /// A read that began in this second; two have to be ten seconds apart.
  fileprivate mutating func update(
    application: Application = .sample, assignments: [Assignment], members: [ObjectID: Set<ObjectID>] = [:], read: Int
  ) -> Set<ObjectID> {
    update(application: application, assignments: assignments, members: members, read: .at(read))
  }

  fileprivate mutating func update(membersOf group: ObjectID, users: Set<ObjectID>, read: Int) -> Set<ObjectID> {
    update(membersOf: group, users: users, read: .at(read))
  }
}

extension AssignmentBook.Read {
  fileprivate static func at(_ second: Int) -> Self {
    Self(number: second, began: .seconds(second), distance: .seconds(10))
  }
}

@Suite("Who is assigned, as last read to the end")
struct AssignmentBookTests {
  private func book(includesDefaultAccess: Bool = false) -> AssignmentBook {
    AssignmentBook(includesDefaultAccess: includesDefaultAccess)
  }

  @Test("Given nothing was read, the book is not complete and knows no user")
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
      assignments: [user(ada), group(staff, operate)], members: [staff: [ada, bea]], read: 1)
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

  @Test("Given an equal read, no user has changed")
  func equalRead() {
    var book = book()
    for read in 1...2 {
      let changed = book.update(
        assignments: [user(ada), group(staff)], members: [staff: [bea]], read: read)
      #expect(changed == (read == 1 ? [ada, bea] : []))
    }
  }

  @Test("Given a changed read, those who came have changed; a role is lost once a read ten seconds later agrees")
  func changedRead() {
    var book = book()
    _ = book.update(assignments: [user(ada), user(bea)], read: 1)
    let assignments = [user(bea, operate), user(cyd)]
    #expect(book.update(assignments: assignments, read: 2) == [bea, cyd])
    #expect(Set(book.users) == [ada, bea, cyd])
    #expect(book.needsConfirmation && book.nextConfirmation == .seconds(12))
    #expect(book.update(assignments: assignments, read: 11).isEmpty, "too soon after the first")
    #expect(Set(book.users) == [ada, bea, cyd])
    #expect(book.update(assignments: assignments, read: 12) == [ada, bea])
    #expect(Set(book.users) == [bea, cyd])
    #expect(book.entitlement(of: bea) == .assigned(Application.sample.roles.filter { $0.id == operate }))
    #expect(!book.needsConfirmation && book.nextConfirmation == nil)
  }

  @Test("Given a role that a read in between shows, its loss has to be confirmed anew")
  func shownAgain() {
    var book = book()
    _ = book.update(assignments: [user(ada)], read: 1)
    _ = book.update(assignments: [], read: 2)
    #expect(book.update(assignments: [user(ada)], read: 8).isEmpty)
    #expect(!book.needsConfirmation)
    #expect(book.update(assignments: [], read: 13).isEmpty && book.isAssigned(ada))
    #expect(book.update(assignments: [], read: 23) == [ada])
  }

  @Test(
    "Given a move from an assignment into a group whose list lags for eight seconds, the user never looks unassigned")
  func move() {
    var book = book()
    _ = book.update(assignments: [user(ada), group(staff)], members: [staff: []], read: 1)
    #expect(book.update(assignments: [group(staff)], read: 2).isEmpty, "the members are those of an older read")
    for read in 3...9 {
      #expect(book.update(assignments: [group(staff)], members: [staff: []], read: read).isEmpty, "the list lags")
    }
    #expect(book.isAssigned(ada) && book.needsConfirmation)
    #expect(book.update(assignments: [group(staff)], members: [staff: [ada]], read: 12).isEmpty)
    #expect(book.isAssigned(ada) && !book.needsConfirmation)
  }

  @Test("Given members of one group alone, a loss is not seen for the first time, nor confirmed")
  func confirmation() {
    var book = book()
    _ = book.update(assignments: [group(staff), group(guests)], members: [staff: [ada], guests: []], read: 1)
    #expect(book.update(membersOf: staff, users: [], read: 2).isEmpty)
    #expect(book.update(membersOf: staff, users: [], read: 30).isEmpty, "of the other group it says nothing")
    #expect(book.isAssigned(ada) && book.nextConfirmation == .seconds(2), "a whole read is wanted at once")
    let assignments = [group(staff), group(guests)]
    #expect(book.update(assignments: assignments, members: [staff: [], guests: []], read: 31).isEmpty)
    #expect(book.update(membersOf: staff, users: [], read: 50).isEmpty)
    #expect(book.nextConfirmation == .seconds(41))
    #expect(book.update(assignments: assignments, members: [staff: [], guests: []], read: 51) == [ada])
    #expect(!book.isAssigned(ada) && !book.needsConfirmation)
  }

  @Test("Given a list that shows what others have missed, and a read that then broke off, the loss is seen anew")
  func seen() {
    var book = book()
    _ = book.update(assignments: [user(ada)], read: 1)
    #expect(book.update(assignments: [], read: 2).isEmpty)
    book.see([user(ada)])
    #expect(book.update(assignments: [], read: 13).isEmpty)
    #expect(book.update(assignments: [], read: 23) == [ada])
  }

  @Test("Given a group that is unassigned, it counts as assigned until that is confirmed")
  func unassignedGroup() {
    var book = book()
    _ = book.update(assignments: [group(staff)], members: [staff: []], read: 1)
    _ = book.update(assignments: [], read: 2)
    #expect(book.entitlement(ofGroup: staff).isAssigned && book.needsConfirmation)
    _ = book.update(assignments: [], read: 12)
    #expect(!book.entitlement(ofGroup: staff).isAssigned && !book.needsConfirmation)
  }

  @Test("Given a user and a group known from a former process, nothing is concluded before a second read misses them")
  func expectation() {
    var book = book()
    book.expect(users: [ada], groups: [staff])
    _ = book.update(assignments: [user(bea)], read: 1)
    #expect(book.isComplete && book.needsConfirmation)
    #expect(book.isUnresolved(ada) && book.isUnresolved(staff) && !book.isUnresolved(bea))
    #expect(book.users(differingFrom: [ada: 1]) == [bea], "the read that confirms it names the user")
    #expect(book.update(assignments: [user(bea)], read: 11) == [ada])
    #expect(!book.needsConfirmation && !book.isAssigned(ada) && !book.isUnresolved(ada))

    var other = self.book()
    other.expect(users: [ada], groups: [])
    _ = other.update(assignments: [user(ada)], read: 1)
    #expect(!other.needsConfirmation && !other.isUnresolved(ada))
  }

  @Test("Given linked users and groups that a lost state did not know, nothing is concluded from the first read either")
  func doubt() {
    var book = book()
    _ = book.update(assignments: [user(bea)], read: 1)
    book.doubt([ada, bea], .user)
    book.doubt([staff], .group)
    #expect(book.isUnresolved(ada) && book.isUnresolved(staff) && !book.isUnresolved(bea))
    #expect(book.nextConfirmation == .seconds(11))
    #expect(book.update(assignments: [user(bea)], read: 11) == [ada])
    #expect(!book.isUnresolved(ada) && !book.isUnresolved(staff))
    book.doubt([cyd], .user)
    #expect(!book.isUnresolved(cyd), "two reads have missed it by now")
  }

  @Test("Given a user assigned twice, losing one of the two leaves the other")
  func twoWays() {
    var book = book()
    _ = book.update(
      assignments: [user(ada), group(staff)], members: [staff: [ada]], read: 1)
    let changed = book.update(membersOf: staff, users: [], read: 2)
    #expect(changed.isEmpty)
    #expect(book.isAssigned(ada))
  }

  @Test("Given Default Access only, it counts when configured and not otherwise")
  func defaultAccess() {
    let assignments = [user(ada, AppRole.defaultAccess), user(bea, AppRole.defaultAccess), user(bea, admin)]
    var strict = book()
    _ = strict.update(assignments: assignments, read: 1)
    #expect(strict.entitlement(of: ada) == .defaultAccessOnly)
    #expect(!strict.isAssigned(ada))
    #expect(Set(strict.users) == [bea])
    #expect(strict.entitlement(of: bea) == .assigned(Application.sample.roles.filter { $0.id == admin }))

    var lenient = book(includesDefaultAccess: true)
    _ = lenient.update(assignments: assignments, read: 1)
    #expect(lenient.entitlement(of: ada) == .assigned([]))
    #expect(Set(lenient.users) == [ada, bea])
  }

  @Test("Given new members of an assigned group, those who came have changed, and those who went may have")
  func membersChange() {
    var book = book()
    _ = book.update(assignments: [group(staff)], members: [staff: [ada, bea]], read: 1)
    #expect(book.update(membersOf: staff, users: [bea, cyd], read: 2) == [cyd])
    #expect(Set(book.users) == [ada, bea, cyd])
    #expect(book.needsConfirmation)
  }

  @Test("Given members of a group that is not assigned, nothing happens")
  func strangeGroup() {
    var book = book()
    _ = book.update(assignments: [group(staff)], members: [staff: [ada]], read: 1)
    #expect(book.update(membersOf: guests, users: [cyd], read: 2).isEmpty)
    #expect(!book.isAssigned(cyd))
  }

  @Test("Given an answer that a later read has overtaken, it is dropped")
  func overtaken() {
    var book = book()
    _ = book.update(assignments: [group(staff)], members: [staff: [ada]], read: 1)
    #expect(book.update(membersOf: staff, users: [ada, bea], read: 4) == [bea])
    #expect(book.update(membersOf: staff, users: [cyd], read: 3).isEmpty)
    #expect(Set(book.users) == [ada, bea])
    // The members were read anew meanwhile: those of the slower, complete read don't undo it.
    _ = book.update(assignments: [group(staff), user(cyd)], members: [staff: [ada]], read: 2)
    #expect(Set(book.users) == [ada, bea, cyd])
    #expect(
      book.update(assignments: [], read: 2).isEmpty, "not later than the last one")
    #expect(Set(book.users) == [ada, bea, cyd])
  }

  @Test("Given a group that is unassigned and assigned again, its members are those of the new read")
  func reassignedGroup() {
    var book = book()
    _ = book.update(assignments: [group(staff)], members: [staff: [ada]], read: 1)
    #expect(book.update(assignments: [], read: 2).isEmpty)
    #expect(book.update(assignments: [], read: 12) == [ada])
    #expect(
      book.update(assignments: [group(staff)], members: [staff: [bea]], read: 13) == [bea])
  }

  @Test("Given a group whose members are kept from before, a read without them keeps them")
  func keptMembers() {
    var book = book()
    _ = book.update(assignments: [group(staff)], members: [staff: [ada]], read: 1)
    #expect(book.update(assignments: [group(staff), user(bea)], read: 2) == [bea])
    #expect(Set(book.users) == [ada, bea])
  }
}
