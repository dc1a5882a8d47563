/// Who is being created, and of whom nobody knows whether they were: a lost answer or a crash leaves a person or group behind that nobody is
/// linked to. The next run of the same object looks for it by the name that it was given, whatever has become of the object meanwhile.
/// A run and a file must not make the same person either.
package actor CreationBook {
  /// What came of it is unknown to everybody for so long: xMatters has forgotten it, too.
  static let memory = Duration.seconds(86_400)

  private let state: any CreationState
  /// Whether the next process begins with what is stored. Until there is a watermark it begins with a listing, which says more.
  private var isStoring = false
  private var unfinished: [ObjectID: (creation: Creation, isStored: Bool)] = [:]
  /// Whom runs are making.
  private var creating: Set<ObjectID> = []
  /// Whom runs have made or begun to make, from the listing on that says who is new; nil while nobody needs to know.
  private var made: Set<ObjectID>?
  /// Those in the file that xMatters works on.
  private var underWay: [ObjectID: Creation] = [:]

  package init(state: any CreationState) {
    self.state = state
  }

  // MARK: Storing

  /// Takes over what a former process has left.
  func restore(isStoring: Bool) async throws(Failure) {
    for creation in try await state.creations() { unfinished[creation.object] = (creation, true) }
    self.isStoring = isStoring
  }

  /// To be called before a watermark is stored: from then on a listing is not what the next process begins with.
  func beginStoring() async throws(Failure) {
    isStoring = true
    let missing = unfinished.values.filter { !$0.isStored }.map(\.creation)
    guard !missing.isEmpty else { return }
    try await state.add(creations: missing)
    for creation in missing where unfinished[creation.object]?.creation == creation {
      unfinished[creation.object]?.isStored = true
    }
  }

  /// Whether a write that gives somebody our key is to be preceded by a record of whom.
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
    creating.insert(object)
    made?.insert(object)
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
  func unfinished(_ kind: ObjectKind) -> [ObjectID] {
    unfinished.values.lazy.map(\.creation).filter { $0.kind == kind }.map(\.object)
  }

  func isStored(_ object: ObjectID) -> Bool { unfinished[object]?.isStored ?? false }

  /// It is known what came of it, and recorded.
  func end(_ object: ObjectID) {
    unfinished[object] = nil
  }

  // MARK: Files

  /// To be called before the listing is read, so that nobody is missed who is made meanwhile.
  func open() {
    made = creating
  }

  func close() {
    made = nil
    underWay = [:]
  }

  /// Those who may go into a file: whom no run has begun to make. From here on none does, and whose they are is stored.
  func begin(file creations: [Creation]) async throws(Failure) -> Set<ObjectID> {
    let mine = creations.filter { made?.contains($0.object) == false }
    for creation in mine { underWay[creation.object] = creation }
    do throws(Failure) {
      if !mine.isEmpty { try await state.add(creations: mine) }
    } catch {
      underWay = [:]
      throw error
    }
    return Set(underWay.keys)
  }

  /// - Parameter mayHaveWorked: False when certainly nobody was made.
  func endFile(mayHaveWorked: Bool) async throws(Failure) {
    let file = underWay
    underWay = [:]
    if mayHaveWorked {
      for creation in file.values { unfinished[creation.object] = (creation, true) }
    } else {
      try await state.forget(creationsOf: file.keys.sorted())
    }
  }
}
