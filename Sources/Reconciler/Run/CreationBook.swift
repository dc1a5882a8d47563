package import ProvisioningModel

/// What is being created, and what may have been created: a lost answer or a crash leaves a person or group behind that no object is
/// linked to. The next run of the same object looks for it by the name that it was given, whatever has become of the object meanwhile.
/// A run and a file must not make the same person either.
package actor CreationBook {
  /// What came of it is unknown to everybody for so long: xMatters has forgotten it, too.
  static let memory = Duration.seconds(86_400)

  private let state: any CreationState
  /// Whether the next process begins with what is stored. Until there is a watermark it begins with a listing, which says more.
  private var isStoring = false
  private var unfinished: [ObjectID: (creation: Creation, isStored: Bool)] = [:]
  /// The objects that runs are making.
  private var creating: Set<ObjectID> = []
  /// The objects that runs have made or begun to make, from the listing on that says who is new; nil while it is not needed.
  private var made: Set<ObjectID>?
  /// Those in the file that xMatters works on.
  private var underWay: [ObjectID: Creation] = [:]
  /// Who was the last to be given a name, by the name in lower case.
  private var names: [String: ObjectID] = [:]

  package init(state: any CreationState) {
    self.state = state
  }

  // MARK: Storing

  /// Takes over what a former process has left.
  package func restore(isStoring: Bool) async throws(Failure) {
    for creation in try await state.creations() {
      unfinished[creation.object] = (creation, true)
      hold(creation)
    }
    self.isStoring = isStoring
  }

  /// To be called before a watermark is stored: from then on a listing is not what the next process begins with.
  package func beginStoring() async throws(Failure) {
    isStoring = true
    let missing = unfinished.values.filter { !$0.isStored }.map(\.creation)
    guard !missing.isEmpty else { return }
    try await state.add(creations: missing)
    for creation in missing where unfinished[creation.object]?.creation == creation {
      unfinished[creation.object]?.isStored = true
    }
  }

  /// Whether a write that gives a person or group our key is to be preceded by a record of it.
  var mustRecordAhead: Bool { isStoring }

  // MARK: Runs

  /// To be called before a person or group is created; `leave` follows in any case.
  /// - Throws: When a file is making the person, or the record cannot be stored: nothing may be created then.
  func begin(_ creation: Creation) async throws(Failure) {
    let object = creation.object
    guard underWay[object] == nil else {
      throw Failure(
        .retry(after: .seconds(10)), .internalError, "The person is being created with others, by an uploaded file.",
        advice: "Nothing to do: it is looked at again.")
    }
    if let other = holder(of: creation.targetName, besides: object) { throw Self.isBeingGiven(to: other) }
    creating.insert(object)
    made?.insert(object)
    hold(creation)
    let isStored = isStoring
    if isStored { try await state.add(creations: [creation]) }
    unfinished[object] = (creation, isStored)
  }

  /// The run has ended, whatever came of it.
  func leave(_ object: ObjectID) {
    creating.remove(object)
  }

  /// What was begun and has not been seen to its end.
  func creation(of object: ObjectID) -> Creation? { unfinished[object]?.creation }

  /// Everything of a kind that has to be looked for.
  package func unfinished(_ kind: ObjectKind) -> [ObjectID] {
    unfinished.values.lazy.map(\.creation).filter { $0.kind == kind }.map(\.object)
  }

  func isStored(_ object: ObjectID) -> Bool { unfinished[object]?.isStored ?? false }

  /// It is known what came of it, and recorded.
  func end(_ object: ObjectID) {
    if let (creation, _) = unfinished.removeValue(forKey: object) { giveBack(creation) }
  }

  // MARK: Names

  /// The other object that is being given the name, or was given it by a file and has not claimed its person yet.
  func holder(of name: String, besides object: ObjectID) -> ObjectID? {
    guard let holder = names[name.lowercased()], holder != object else { return nil }
    let isHeld =
      creating.contains(holder) || underWay[holder] != nil || unfinished[holder]?.creation.isByFile == true
    return isHeld ? holder : nil
  }

  private func hold(_ creation: Creation) {
    names[creation.targetName.lowercased()] = creation.object
  }

  private func giveBack(_ creation: Creation) {
    let name = creation.targetName.lowercased()
    if names[name] == creation.object { names[name] = nil }
  }

  static func isBeingGiven(to other: ObjectID) -> Failure {
    Failure(
      .retry(after: nil), .internalError, "The name is being given to the person of another object (\(other)).",
      advice: "Nothing to do: it is looked at again in a moment.")
  }

  // MARK: Files

  /// To be called before the listing is read, so that no person is missed who is made meanwhile.
  package func open() {
    made = creating
  }

  package func close() {
    made = nil
    underWay = [:]
  }

  /// Those who may go into a file: no run has begun to make them. From here on none does, and whose they are is stored.
  func begin(file creations: [Creation]) async throws(Failure) -> Set<ObjectID> {
    let mine = creations.filter { creation in
      made?.contains(creation.object) == false && holder(of: creation.targetName, besides: creation.object) == nil
    }
    for creation in mine {
      underWay[creation.object] = creation
      hold(creation)
    }
    do throws(Failure) {
      if !mine.isEmpty { try await state.add(creations: mine) }
    } catch {
      underWay = [:]
      throw error
    }
    return Set(underWay.keys)
  }

  /// - Parameter mayHaveWorked: False when certainly nothing was made.
  func endFile(mayHaveWorked: Bool) async throws(Failure) {
    let file = underWay
    underWay = [:]
    if mayHaveWorked {
      for creation in file.values { unfinished[creation.object] = (creation, true) }
    } else {
      for creation in file.values { giveBack(creation) }
      try await state.forget(creationsOf: file.keys.sorted())
    }
  }
}
