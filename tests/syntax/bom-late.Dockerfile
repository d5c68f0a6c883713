FROM scratch
﻿RUN a
