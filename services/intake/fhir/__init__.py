"""The FHIR R4 edge of intake: bytes in, a draft out; nothing else in the service knows FHIR."""
